// G.722 at 64 kbit/s (ITU-T G.722, 11/88 and 09/2012): 16 kHz samples, two sub-bands of ADPCM, one byte for two
// samples. Written from the Recommendation's block diagrams; block names (QUANTL, LOGSCL, …) are those of its clause 6.

/** Table 15/G.722: decision levels of the 6-bit quantizer of the lower band, scaled by 8. */
const q6 = [
  0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219,
  1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
];
/** Table 14/G.722: codes of the lower band for negative and positive differences, by decision interval 1 to 30. */
const iln = [
  0, 63, 62, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7,
  6, 5, 4,
];
const ilp = [
  0, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36,
  35, 34, 33, 32,
];
/** Table 17/G.722: output of the inverse 4-bit quantizer (predictor of the lower band). */
const qm4 = [
  0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0,
];
/** Output of the inverse 6-bit quantizer (lower band at 64 kbit/s). */
const qm6 = [
  -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360,
  -8576, -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688,
  -1360, -1040, -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192,
  6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432,
  -136,
];
/** Output of the inverse 2-bit quantizer (higher band). */
const qm2 = [-7408, -1616, 7408, 1616];
/** Logarithmic scale factor steps: WL by RL42, WH by RH2. */
const wl = [-60, -30, 58, 172, 334, 538, 1198, 3042];
const rl42 = [0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0];
const wh = [0, -214, 798];
const rh2 = [2, 1, 2, 1];
/** Table of the inverse logarithm ILB. */
const ilb = [
  2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960,
  3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];
/** Table 11/G.722: half of the 24 coefficients of the quadrature mirror filters. */
const qmf = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];

function saturate(value: number): number {
  return value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value;
}

/** The state of one sub-band, the same in encoder and decoder. */
class Band {
  /** Predicted signal, and its part from the zeros. */
  s = 0;
  private sz = 0;
  private sp = 0;
  det: number;
  private nb = 0;
  private readonly a = [0, 0, 0];
  private readonly b = [0, 0, 0, 0, 0, 0, 0];
  private readonly d = [0, 0, 0, 0, 0, 0, 0];
  private readonly r = [0, 0, 0];
  private readonly p = [0, 0, 0];

  constructor(private readonly lower: boolean) {
    this.det = lower ? 32 : 8;
  }

  /** LOGSCL and SCALEL (or the higher band's LOGSCH, SCALEH): the next quantizer step. */
  scale(weight: number): void {
    const limit = this.lower ? 18_432 : 22_528;
    this.nb = Math.max(0, Math.min(limit, ((this.nb * 127) >> 7) + weight));
    const shift = (this.lower ? 8 : 10) - (this.nb >> 11);
    const value = ilb[(this.nb >> 6) & 31]!;
    this.det = (shift < 0 ? value << -shift : value >> shift) << 2;
  }

  /** Block 4: the predictor takes the quantized difference. */
  adapt(difference: number): void {
    const { a, b, d, r, p } = this;
    d[0] = difference;
    r[0] = saturate(this.s + difference);
    p[0] = saturate(this.sz + difference);
    // UPPOL2
    const same1 = (p[0]! ^ p[1]!) >= 0;
    const same2 = (p[0]! ^ p[2]!) >= 0;
    const wd1 = saturate(a[1]! << 2);
    let wd2 = same1 ? -wd1 : wd1;
    if (wd2 > 32_767) wd2 = 32_767;
    const wd3 = (wd2 >> 7) + (same2 ? 128 : -128);
    const a2 = Math.max(-12_288, Math.min(12_288, wd3 + ((a[2]! * 32_512) >> 15)));
    // UPPOL1
    const limit = 15_360 - a2;
    const a1 = Math.max(-limit, Math.min(limit, (same1 ? 192 : -192) + ((a[1]! * 32_640) >> 15)));
    // UPZERO
    const step = difference === 0 ? 0 : 128;
    for (let i = 6; i > 0; i--) {
      b[i] = saturate(((d[i]! ^ difference) < 0 ? -step : step) + ((b[i]! * 32_640) >> 15));
      d[i] = d[i - 1]!;
    }
    a[1] = a1;
    a[2] = a2;
    r[2] = r[1]!;
    r[1] = r[0];
    p[2] = p[1]!;
    p[1] = p[0];
    // FILTEP
    this.sp = saturate(((a1 * saturate(r[1] + r[1])) >> 15) + ((a2 * saturate(r[2] + r[2])) >> 15));
    // FILTEZ
    let zeros = 0;
    for (let i = 6; i > 0; i--) zeros += (b[i]! * saturate(d[i]! + d[i]!)) >> 15;
    this.sz = saturate(zeros);
    this.s = saturate(this.sp + this.sz);
  }
}

export class G722Encoder {
  private readonly low = new Band(true);
  private readonly high = new Band(false);
  private readonly x = new Int32Array(24);

  /** Two samples of 16 kHz in, one byte out; an odd last sample is left out. */
  encode(samples: Int16Array): Buffer {
    const out = Buffer.allocUnsafe(samples.length >> 1);
    const { x, low, high } = this;
    for (let n = 0; n < out.length; n++) {
      x.copyWithin(0, 2);
      x[22] = samples[2 * n]!;
      x[23] = samples[2 * n + 1]!;
      let odd = 0;
      let even = 0;
      for (let i = 0; i < 12; i++) {
        odd += x[2 * i]! * qmf[i]!;
        even += x[2 * i + 1]! * qmf[11 - i]!;
      }
      const xl = (even + odd) >> 14;
      const xh = (even - odd) >> 14;
      const il = quantizeLow(saturate(xl - low.s), low.det);
      const four = il >> 2;
      const dl = (low.det * qm4[four]!) >> 15;
      low.scale(wl[rl42[four]!]!);
      low.adapt(dl);
      const eh = saturate(xh - high.s);
      const large = (eh >= 0 ? eh : -(eh + 1)) >= (564 * high.det) >> 12;
      const ih = eh < 0 ? (large ? 0 : 1) : large ? 2 : 3;
      const dh = (high.det * qm2[ih]!) >> 15;
      high.scale(wh[rh2[ih]!]!);
      high.adapt(dh);
      out[n] = (ih << 6) | il;
    }
    return out;
  }
}

/** QUANTL: the 6-bit code of a difference at this quantizer step. */
function quantizeLow(difference: number, det: number): number {
  const magnitude = difference >= 0 ? difference : -(difference + 1);
  let interval = 1;
  while (interval < 30 && magnitude >= (q6[interval]! * det) >> 12) interval++;
  return difference < 0 ? iln[interval]! : ilp[interval]!;
}

export class G722Decoder {
  private readonly low = new Band(true);
  private readonly high = new Band(false);
  private readonly x = new Int32Array(24);

  /** One byte in, two samples of 16 kHz out. */
  decode(payload: Uint8Array): Int16Array {
    const out = new Int16Array(payload.length * 2);
    const { x, low, high } = this;
    for (let n = 0; n < payload.length; n++) {
      const code = payload[n]!;
      const il = code & 0x3f;
      const rl = clamp(low.s + ((low.det * qm6[il]!) >> 15));
      const four = il >> 2;
      const dl = (low.det * qm4[four]!) >> 15;
      low.scale(wl[rl42[four]!]!);
      low.adapt(dl);
      const ih = code >> 6;
      const dh = (high.det * qm2[ih]!) >> 15;
      const rh = clamp(high.s + dh);
      high.scale(wh[rh2[ih]!]!);
      high.adapt(dh);
      x.copyWithin(0, 2);
      x[22] = rl + rh;
      x[23] = rl - rh;
      let even = 0;
      let odd = 0;
      for (let i = 0; i < 12; i++) {
        odd += x[2 * i]! * qmf[i]!;
        even += x[2 * i + 1]! * qmf[11 - i]!;
      }
      out[2 * n] = saturate(even >> 11);
      out[2 * n + 1] = saturate(odd >> 11);
    }
    return out;
  }
}

/** LIMIT: sub-band signals have 15 bits. */
function clamp(value: number): number {
  return value > 16_383 ? 16_383 : value < -16_384 ? -16_384 : value;
}
