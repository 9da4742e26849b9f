// Rows as CSV (RFC 4180) that a spreadsheet opens without running anything: a cell that it would take for a formula gets
// an apostrophe in front.

/** What begins a formula in Excel, LibreOffice and Google Sheets (OWASP, CSV injection). */
const formula = /^[=+\-@\t\r]/;

export function csvRow(cells: readonly (string | number | undefined)[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

function cell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = formula.test(value) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** So that Excel reads it as UTF-8. */
export const byteOrderMark = '\uFEFF';
