"""The chart for a cluster: rendered by helm, its task pod read as Airflow's executor reads it."""

from __future__ import annotations

import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

from exchange.settings import ROOT

CHART = ROOT / "deploy" / "kubernetes"
HELM = Path(sysconfig.get_path("scripts")) / "helm"


pytestmark = [
    pytest.mark.airflow,
    pytest.mark.skipif(not HELM.exists(), reason="helm is packaged for Linux on x86-64 only"),
]


@pytest.fixture(scope="module")
def rendered() -> list[dict[str, Any]]:
    """What helm makes of the chart with its own values."""
    done = subprocess.run(
        [HELM, "template", "city", CHART, "--namespace", "spgl"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return [part for part in yaml.safe_load_all(done.stdout) if part]


def of_kind(rendered: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    """The parts of one kind by name."""
    return {part["metadata"]["name"]: part for part in rendered if part["kind"] == kind}


def task_pod(rendered: list[dict[str, Any]]) -> dict[str, Any]:
    """The pod that the scheduler starts for each task."""
    text = of_kind(rendered, "ConfigMap")["city-task-pod"]["data"]["pod.yaml"]
    pod: dict[str, Any] = yaml.safe_load(text)
    return pod


def test_airflows_three_services_and_nothing_else(rendered: list[dict[str, Any]]) -> None:
    """Pages, reader of DAG files, scheduler; nothing is deferred, so there is no triggerer."""
    services = of_kind(rendered, "Deployment")
    assert sorted(services) == ["city-api", "city-dags", "city-scheduler"]
    for part in services.values():
        command = part["spec"]["template"]["spec"]["containers"][0]["command"]
        assert command[1:] == ["-m", "exchange", "airflow"]


def test_no_container_has_more_rights_than_it_needs(rendered: list[dict[str, Any]]) -> None:
    """No root, no writing outside its volumes; only the scheduler speaks to the cluster."""
    pods = {
        name: part["spec"]["template"]["spec"]
        for name, part in of_kind(rendered, "Deployment").items()
    } | {"task": task_pod(rendered)["spec"]}
    for name, pod in pods.items():
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        container = pod["containers"][0]["securityContext"]
        assert container["readOnlyRootFilesystem"] is True, name
        assert container["allowPrivilegeEscalation"] is False, name
        speaks = pod.get("automountServiceAccountToken", True)
        assert speaks is (name == "city-scheduler"), name


def test_secrets_come_from_the_cluster(rendered: list[dict[str, Any]]) -> None:
    """No value in the chart is a secret; every container is given the one that exists."""
    container = task_pod(rendered)["spec"]["containers"][0]
    assert container["envFrom"] == [{"secretRef": {"name": "spgl-exchange"}}]
    names = {entry["name"] for entry in container["env"]}
    assert not {name for name in names if "SECRET" in name or "KEY" in name or "DATABASE" in name}


def test_the_executor_makes_a_pod_of_the_template(
    rendered: list[dict[str, Any]], tmp_path: Path
) -> None:
    """Airflow's own reader takes the template, and the task's command ends up in its container."""
    from airflow.providers.cncf.kubernetes.pod_generator import PodGenerator

    path = tmp_path / "pod.yaml"
    path.write_text(yaml.safe_dump(task_pod(rendered)))
    template = PodGenerator.deserialize_model_file(str(path))
    pod = PodGenerator.construct_pod(
        dag_id="pull_counties",
        task_id="pull",
        pod_id="pull-1",
        try_number=1,
        kube_image="ours:1",
        date=None,
        args=["python", "-m", "airflow.sdk.execution_time.execute_workload"],
        pod_override_object=None,
        base_worker_pod=template,
        namespace="spgl",
        scheduler_job_id="1",
    )
    base = pod.spec.containers[0]
    assert base.name == "base"
    assert base.args[-1].endswith("execute_workload")
    given = {entry.name: entry.value for entry in base.env}
    assert given["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://city-api:8080/execution/"
    assert {mount.mount_path for mount in base.volume_mounts} >= {"/var/lib/spgl", "/etc/spgl"}
