// Formats the matrix as a table for the terminal.

export function tableOf({ cells }) {
  const rows = cells.map(({ name, version = '', status, cases = '', corpus = '', cold }) => {
    const { ours, jose } = cold ?? {};
    const times = cold ? [`${ours.toFixed(1)} ms`, `${jose.toFixed(1)} ms`] : ['', ''];
    return [name, version, status, String(cases), String(corpus), ...times];
  });
  const head = ['cell', 'version', 'status', 'cases', 'corpus', 'first token', "jose's"];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((text, column) => text.padEnd(widths[column]))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}
