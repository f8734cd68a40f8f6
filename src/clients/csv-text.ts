/** CSV (RFC 4180) as spreadsheets read it. */
export function csvText(rows: readonly (readonly string[])[], delimiter = ','): string {
  return rows.map((row) => `${row.map(quoted).join(delimiter)}\r\n`).join('')
}

function quoted(cell: string): string {
  return /[",;\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
