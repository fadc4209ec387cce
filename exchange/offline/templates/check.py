"""数据自查工具的入口：python check.py 文件 --table 表代码。用法见 使用说明.txt。"""

import sys
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit("需要 Python 3.11 或更高版本，当前是 " + sys.version.split()[0])
sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent / "lib"))

from exchange.cli import main  # noqa: E402  the path had to be set first

sys.exit(main(["check", *sys.argv[1:]]))
