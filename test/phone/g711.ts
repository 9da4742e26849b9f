// G.711 µ-law and A-law (ITU-T G.711), with own tables: encoding and decoding are one table look-up a sample.

function decodeUlaw(code: number): number {
  const inverted = ~code & 0xff;
  const magnitude = (((inverted & 0x0f) << 3) + 0x84) << ((inverted & 0x70) >> 4);
  return inverted & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
}

function decodeAlaw(code: number): number {
  const toggled = code ^ 0x55;
  const segment = (toggled & 0x70) >> 4;
  let magnitude = ((toggled & 0x0f) << 4) + 8;
  if (segment > 0) magnitude = (magnitude + 0x100) << (segment - 1);
  return toggled & 0x80 ? magnitude : -magnitude;
}

/** 16-bit sample of each code. */
function decodeTable(decode: (code: number) => number): Int16Array {
  return Int16Array.from({ length: 256 }, (_, code) => decode(code));
}

/** Code of each 16-bit sample (index sample & 0xffff): the code whose decoded value is nearest. */
function encodeTable(decoded: Int16Array): Uint8Array {
  const codes = Array.from(decoded, (value, code) => ({ value, code })).sort((a, b) => a.value - b.value);
  const table = new Uint8Array(65_536);
  let at = 0;
  for (let sample = -32_768; sample <= 32_767; sample++) {
    while (at + 1 < codes.length && codes[at + 1]!.value - sample <= sample - codes[at]!.value) at++;
    // Two codes mean 0 in µ-law; silence on the wire is 0xff by convention.
    const best = codes[at]!.value === 0 && decoded[0xff] === 0 ? 0xff : codes[at]!.code;
    table[sample & 0xffff] = best;
  }
  return table;
}

const ulawDecoded = decodeTable(decodeUlaw);
const alawDecoded = decodeTable(decodeAlaw);

export const ulaw = { decoded: ulawDecoded, codes: encodeTable(ulawDecoded) };
export const alaw = { decoded: alawDecoded, codes: encodeTable(alawDecoded) };

export function encodeG711(table: Uint8Array, samples: Int16Array): Buffer {
  const out = Buffer.allocUnsafe(samples.length);
  for (let i = 0; i < samples.length; i++) out[i] = table[samples[i]! & 0xffff]!;
  return out;
}

export function decodeG711(table: Int16Array, payload: Uint8Array): Int16Array {
  const out = new Int16Array(payload.length);
  for (let i = 0; i < payload.length; i++) out[i] = table[payload[i]!]!;
  return out;
}
