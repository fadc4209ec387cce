"use strict";
(function () {
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const bands = ["#3f9b60", "#8fae3c", "#d9a53a", "#c8504f"];
  const text = { fontFamily: getComputedStyle(document.body).fontFamily, color: "#1d2430" };
  const charts = [];

  function draw(id, rows, option) {
    const place = document.getElementById(id);
    if (!rows.length) {
      place.textContent = "没有可画的数据";
      return;
    }
    place.style.height = Math.max(180, 60 + rows.length * 30) + "px";
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(option);
    charts.push(chart);
  }

  function names(rows) {
    return {
      type: "category",
      inverse: true,
      data: rows.map((row) => row.name),
      axisTick: { show: false },
      axisLabel: { fontSize: 13, color: "#1d2430" },
    };
  }

  draw("chart-total", data.total, {
    animation: false,
    textStyle: text,
    grid: { left: 8, right: 64, top: 8, bottom: 24, containLabel: true },
    xAxis: { type: "value", min: 0, max: 100 },
    yAxis: names(data.total),
    series: [
      {
        type: "bar",
        barMaxWidth: 20,
        data: data.total.map((row) => ({ value: row.value, itemStyle: { color: bands[row.band] } })),
        label: { show: true, position: "right", formatter: (item) => item.value.toFixed(2) },
      },
    ],
  });

  const shades = { p50: "#7fa7cf", p95: "#3f78b0", p99: "#14406e" };
  draw("chart-timing", data.timing, {
    animation: false,
    textStyle: text,
    color: Object.values(shades),
    legend: { top: 0, data: ["P50", "P95", "P99"] },
    tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" } },
    grid: { left: 8, right: 40, top: 48, bottom: 24, containLabel: true },
    xAxis: {
      type: "log",
      min: 1,
      axisLabel: { formatter: (value) => (value < 3600 ? value + "秒" : Math.round(value / 360) / 10 + "小时") },
    },
    yAxis: names(data.timing),
    series: Object.keys(shades).map((name) => ({
      name: name.toUpperCase(),
      type: "bar",
      barGap: "10%",
      data: data.timing.map((row) => row[name]),
      markLine:
        name === "p99"
          ? { silent: true, symbol: "none", lineStyle: { color: "#c8504f", type: "dashed", width: 2 }, label: { formatter: data.limit + "秒", position: "start", color: "#c8504f" }, data: [{ xAxis: data.limit }] }
          : undefined,
    })),
  });

  function openTarget() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") {
      target.open = true;
      target.scrollIntoView();
    }
  }
  window.addEventListener("hashchange", openTarget);
  window.addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
  window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  openTarget();
})();
