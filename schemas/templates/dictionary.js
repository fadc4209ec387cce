"use strict";
(() => {
  const input = document.getElementById("find");
  const told = document.getElementById("found");
  const sections = [...document.querySelectorAll("section[data-find]")];
  const show = () => {
    const words = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let tables = 0;
    for (const section of sections) {
      const whole = section.dataset.find;
      const rows = [...section.querySelectorAll("tr[data-find]")];
      const hits = rows.filter((row) => words.every((word) => row.dataset.find.includes(word)));
      const named = words.every((word) => whole.includes(word));
      const kept = named || hits.length > 0;
      section.hidden = !kept;
      for (const row of rows) row.hidden = kept && !named && !hits.includes(row);
      if (kept) tables += 1;
    }
    told.textContent = words.length ? `找到${tables}处（数据表或代码表）` : "";
  };
  input.addEventListener("input", show);
  input.closest("form").addEventListener("submit", (event) => event.preventDefault());
})();
