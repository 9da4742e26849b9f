// A text as a QR code in SVG: black on white whatever the theme, because cameras do not read the other way round.
import qrcode from 'qrcode-generator';

/** Modules around the code that stay white (ISO/IEC 18004 asks for four). */
const quiet = 4;

export function qrCode(text: string): string {
  // Type 0 is the smallest that fits; M restores 15 % of a scratched sheet.
  const code = qrcode(0, 'M');
  code.addData(text, 'Byte');
  code.make();
  const count = code.getModuleCount();
  const size = count + 2 * quiet;
  const rows = Array.from({ length: count }, (_, row) =>
    Array.from({ length: count }, (_unused, column) =>
      code.isDark(row, column) ? `M${column + quiet} ${row + quiet}h1v1h-1z` : '',
    ).join(''),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><rect width="${size}" height="${size}" fill="#fff"/><path d="${rows.join('')}" fill="#000"/></svg>`;
}
