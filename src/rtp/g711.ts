// G.711 as tables (ITU-T G.711, tables 1a to 2b): per packet there is time for a look-up and for nothing else.

export interface Companding {
  /** Octet → 16-bit sample. */
  readonly decode: Int16Array;
  /** 16-bit sample, taken as an unsigned index → octet. */
  readonly encode: Uint8Array;
}

export const muLaw: Companding = tablesOf((octet) => {
  const inverted = ~octet & 0xff;
  const magnitude = ((((inverted & 0x0f) << 3) + 0x84) << ((inverted & 0x70) >> 4)) - 0x84;
  return inverted & 0x80 ? -magnitude : magnitude;
});

export const aLaw: Companding = tablesOf((octet) => {
  const even = octet ^ 0x55;
  const segment = (even & 0x70) >> 4;
  const step = ((even & 0x0f) << 4) + (segment === 0 ? 8 : 0x108);
  const magnitude = segment > 1 ? step << (segment - 1) : step;
  return even & 0x80 ? magnitude : -magnitude;
});

/** Every sample is coded as the octet that comes nearest to it. */
function tablesOf(sampleOf: (octet: number) => number): Companding {
  const decode = Int16Array.from({ length: 256 }, (_, octet) => sampleOf(octet));
  const ordered = Array.from(decode, (sample, octet) => ({ sample, octet })).sort(
    (a, b) => a.sample - b.sample || a.octet - b.octet,
  );
  const encode = new Uint8Array(65_536);
  let nearest = 0;
  for (let sample = -32_768; sample <= 32_767; sample++) {
    const distance = (at: number): number => Math.abs((ordered[at]?.sample ?? Infinity) - sample);
    // `<=`: of the two zeros of µ-law the positive one, as every coder sends it.
    while (distance(nearest + 1) <= distance(nearest)) nearest += 1;
    encode[sample & 0xffff] = ordered[nearest]?.octet ?? 0;
  }
  return { decode, encode };
}
