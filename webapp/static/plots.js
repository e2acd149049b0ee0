// Draws each plot from the table below it. Without this, or without a canvas, the table says the same.
(() => {
  if (!window.Chart) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const DASHES = [[], [7, 4], [2, 3]];
  const drawn = [];

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const number = (text) => Number(text.trim().replace(/\s|,/g, "")) || 0;

  const read = (table) => {
    const names = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent.trim());
    const rows = [...table.tBodies[0].rows];
    return {
      labels: rows.map((row) => row.cells[0].textContent.trim()),
      series: names.map((name, at) => ({ name, values: rows.map((row) => number(row.cells[at + 1].textContent)) })),
    };
  };

  // In lines that fit beside the bars, three at most.
  const lines = (text, most) => {
    const found = [""];
    for (const word of text.split(/\s+/)) {
      const longer = `${found.at(-1)} ${word}`.trim();
      if (longer.length > most && found.at(-1)) found.push(word);
      else found[found.length - 1] = longer;
    }
    return found.length > 3 ? [...found.slice(0, 2), `${found[2]} …`] : found;
  };

  const draw = (figure) => {
    const line = figure.dataset.plot === "line";
    const { labels, series } = read(figure.querySelector("table"));
    const room = figure.querySelector(".plot-room");
    const inks = series.length === 1 ? [colour("--green")] : [colour("--line-strong"), colour("--green"), colour("--ink")];
    const across = !line && series.length === 1;
    room.hidden = false;
    figure.querySelectorAll("details[data-folds]").forEach((each) => { each.open = false; });
    room.style.height = `${across ? 60 + 64 * labels.length : 280}px`;
    const axis = { grid: { color: colour("--line") }, ticks: { color: colour("--ink-soft"), font: { family: "Figtree", size: 13 } } };
    const count = { ...axis, beginAtZero: true, ticks: { ...axis.ticks, precision: 0 } };
    const named = { ...axis, grid: { display: false } };
    const most = figure.clientWidth < 520 ? 20 : 48;
    if (across) named.ticks = { ...axis.ticks, autoSkip: false, callback: (value) => lines(labels[value], most) };
    drawn.push(new window.Chart(room.querySelector("canvas"), {
      type: line ? "line" : "bar",
      data: {
        labels,
        datasets: series.map((each, at) => ({
          label: each.name,
          data: each.values,
          backgroundColor: inks[at],
          borderColor: inks[at],
          borderWidth: line ? 2.5 : 0,
          borderDash: line ? DASHES[at] : [],
          pointStyle: ["circle", "rect", "triangle"][at],
          pointRadius: line ? 3 : 0,
          borderRadius: 3,
          maxBarThickness: 34,
        })),
      },
      options: {
        animation: still.matches ? false : { duration: 250 },
        indexAxis: across ? "y" : "x",
        maintainAspectRatio: false,
        plugins: {
          legend: {
            display: series.length > 1,
            align: "start",
            labels: { color: colour("--ink"), usePointStyle: line, boxHeight: line ? 7 : 12, font: { family: "Figtree", size: 14 } },
          },
        },
        scales: across ? { x: count, y: named } : { x: named, y: count },
      },
    }));
  };

  const all = () => {
    drawn.splice(0).forEach((chart) => chart.destroy());
    document.querySelectorAll("figure.plot").forEach(draw);
  };
  all();
  dark.addEventListener("change", all);
})();
