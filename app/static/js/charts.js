// Draws every figure[data-chart] from the JSON beside it, in the colours of the stylesheet.
(() => {
  "use strict";
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const palette = { blue: "#1159c9", green: "#177a37", amber: "#e0a800", orange: "#d9640f", red: "#c4221b", grey: "#8a93a0" };
  const order = ["blue", "green", "amber", "grey", "orange", "red"];
  Chart.defaults.font.family = colour("--font");
  Chart.defaults.color = colour("--grey");
  Chart.defaults.animation = false;
  document.querySelectorAll("figure[data-chart]").forEach((figure) => {
    const data = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    const round = data.type === "doughnut" || data.type === "pie";
    const grounds = (one, at) => round
      ? data.labels.map((_, index) => palette[one.tones?.[index]] || palette[order[index % order.length]])
      : palette[one.tone] || palette[order[at % order.length]];
    const numbers = { beginAtZero: true, stacked: Boolean(data.stacked), grid: { color: colour("--line") }, ticks: { precision: 0 } };
    const names = { stacked: Boolean(data.stacked), title: { display: Boolean(data.x_unit), text: data.x_unit }, grid: { display: false } };
    figure.querySelector(".chart-box").hidden = false;
    new Chart(figure.querySelector("canvas"), {
      type: data.type,
      data: { labels: data.labels, datasets: data.datasets.map((one, at) => ({
        ...one, backgroundColor: grounds(one, at), borderColor: round ? "#fff" : grounds(one, at), borderWidth: data.type === "line" || one.type === "line" ? 2 : 0,
        pointRadius: 2, tension: 0, maxBarThickness: 36, spanGaps: false })) },
      options: { responsive: true, maintainAspectRatio: false, indexAxis: data.horizontal ? "y" : "x",
        scales: round ? {} : data.horizontal ? { x: numbers, y: names } : { x: names, y: numbers },
        plugins: { legend: { display: round || data.datasets.length > 1, position: round ? "right" : "top", labels: { boxWidth: 12 } } } },
    });
  });
})();
