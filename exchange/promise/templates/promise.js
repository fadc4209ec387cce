"use strict";
(function () {
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const place = document.getElementById("hops");
  if (!data.names.length) {
    place.textContent = "最近一小时没有记录入库";
    place.style.height = "auto";
    return;
  }
  place.style.height = Math.max(180, 90 + data.names.length * 28) + "px";
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption({
    animation: false,
    color: ["#7fa7cf", "#e0a23b", "#c8504f", "#3f9b60"],
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: "#1d2430" },
    legend: { top: 0 },
    tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" } },
    grid: { left: 8, right: 40, top: 40, bottom: 8, containLabel: true },
    xAxis: { type: "value", name: "秒", min: 0 },
    yAxis: {
      type: "category",
      inverse: true,
      data: data.names,
      axisTick: { show: false },
      axisLabel: { fontSize: 13, color: "#1d2430" },
    },
    series: data.hops.map((hop) => ({
      name: hop.name,
      type: "bar",
      stack: "way",
      barMaxWidth: 18,
      data: hop.values,
    })),
  });
  window.addEventListener("resize", () => chart.resize());
})();
