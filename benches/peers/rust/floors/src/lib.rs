//! The least that a check of three texts can cost: one made-up table, no errors, no reasons, no conditions.
//! Principal (1,000 names) x action (238 names) x address text -> segment (600 starts) -> row of 4 u64 -> bit.
use std::net::{IpAddr, Ipv6Addr};

pub struct Rng(pub u64);
impl Rng {
    pub fn next(&mut self) -> u64 { self.0 ^= self.0 << 13; self.0 ^= self.0 >> 7; self.0 ^= self.0 << 17; self.0 }
    pub fn below(&mut self, n: usize) -> usize { ((self.next() >> 11) % n as u64) as usize }
}

#[inline(always)]
fn fold(a: u64, b: u64) -> u64 { let m = (a as u128) * (b as u128); m as u64 ^ (m >> 64) as u64 }
/// Hash from 8-byte windows (first, last, two in the middle); every hit is verified by memcmp.
#[inline(always)]
pub fn hash(s: &[u8]) -> u64 {
    let n = s.len();
    let p = s.as_ptr();
    unsafe {
        let g = |i: usize| p.add(i).cast::<u64>().read_unaligned();
        let g4 = |i: usize| p.add(i).cast::<u32>().read_unaligned() as u64;
        if n > 16 {
            let m = n / 2;
            return fold(g(n - 8) ^ 0x243F6A8885A308D3, g(m - 4) ^ n as u64 ^ 0x13198A2E03707344)
                ^ fold(g(0) ^ 0xA4093822299F31D0, g(n - 16) ^ 0x082EFA98EC4E6C89);
        }
        if n >= 8 { return fold(g(0) ^ 0x243F6A8885A308D3, g(n - 8) ^ n as u64 ^ 0x13198A2E03707344); }
        if n >= 4 { return fold(g4(0) ^ 0x243F6A8885A308D3, g4(n - 4) ^ (n as u64) << 32 ^ 0x13198A2E03707344); }
        s.iter().fold(n as u64, |h, c| fold(h ^ *c as u64, 0x9E3779B97F4A7C15))
    }
}
/// Equality by overlapping words, no memcmp call; both sides have n readable bytes.
#[inline(always)]
fn eq(s: &[u8], t: *const u8) -> bool {
    let (n, p) = (s.len(), s.as_ptr());
    unsafe {
        let d = |i: usize| p.add(i).cast::<u64>().read_unaligned() ^ t.add(i).cast::<u64>().read_unaligned();
        let d4 = |i: usize| p.add(i).cast::<u32>().read_unaligned() ^ t.add(i).cast::<u32>().read_unaligned();
        if n > 16 {
            if n <= 32 { return d(0) | d(8) | d(n - 16) | d(n - 8) == 0; }
            if n <= 64 { return d(0) | d(8) | d(16) | d(24) | d(n - 32) | d(n - 24) | d(n - 16) | d(n - 8) == 0; }
            return std::slice::from_raw_parts(t, n) == s;
        }
        if n >= 8 { return d(0) | d(n - 8) == 0; }
        if n >= 4 { return d4(0) | d4(n - 4) == 0; }
        (0..n).all(|i| *p.add(i) == *t.add(i))
    }
}
pub struct Names { mask: usize, t: Vec<(u32, u16, u16)>, off: Vec<u32>, text: Vec<u8>, pub names: Vec<Box<str>> }
impl Names {
    pub fn new(v: Vec<String>) -> Self {
        let n = (v.len() * 4).next_power_of_two();
        let mut t = vec![(0u32, u16::MAX, 0u16); n];        // tag, id, length
        let (mut off, mut text) = (vec![], vec![]);
        for (i, s) in v.iter().enumerate() {
            let h = hash(s.as_bytes());
            let mut k = h as usize & (n - 1);
            while t[k].1 != u16::MAX { k = (k + 1) & (n - 1); }
            t[k] = ((h >> 32) as u32, i as u16, s.len() as u16);
            off.push(text.len() as u32);
            text.extend_from_slice(s.as_bytes());
        }
        Names { mask: n - 1, t, off, text, names: v.into_iter().map(|s| s.into_boxed_str()).collect() }
    }
    #[inline(always)]
    pub fn get(&self, s: &[u8]) -> Option<u32> {
        let h = hash(s);
        let mut k = h as usize & self.mask;
        loop {
            let (tag, id, len) = unsafe { *self.t.get_unchecked(k) };
            if id == u16::MAX { return None; }
            if tag == (h >> 32) as u32 && len as usize == s.len() && eq(s, unsafe { self.text.as_ptr().add(*self.off.get_unchecked(id as usize) as usize) }) { return Some(id as u32); }
            k = (k + 1) & self.mask;
        }
    }
}

/// Portable: four octets of one to three digits.
#[inline]
pub fn parse_v4(s: &[u8]) -> Option<u32> {
    let (mut p, mut v) = (0usize, 0u32);
    let n = s.len();
    if !(7..=15).contains(&n) { return None; }
    for k in 0..4 {
        let a = s.get(p)?.wrapping_sub(b'0') as u32;
        if a > 9 { return None; }
        let (mut o, mut l) = (a, 1);
        if let Some(b) = s.get(p + 1).map(|c| c.wrapping_sub(b'0') as u32).filter(|b| *b < 10) {
            if a == 0 { return None; }
            o = o * 10 + b; l = 2;
            if let Some(c) = s.get(p + 2).map(|c| c.wrapping_sub(b'0') as u32).filter(|c| *c < 10) { o = o * 10 + c; l = 3; }
        }
        if o > 255 { return None; }
        v = v << 8 | o;
        p += l;
        if k < 3 { if s.get(p) != Some(&b'.') { return None; } p += 1; }
    }
    if p == n { Some(v) } else { None }
}
/// SIMD after Lemire's sse_inet_aton; the masked load never reads past the text.
pub struct Simd { mul: u32, id: [u8; 256], key: [u16; 82], pat: [[u8; 16]; 82], min: [[i32; 4]; 82] }
impl Simd {
    pub fn new() -> Self {
        let (mut masks, mut pats, mut mins) = (vec![], vec![], vec![]);
        for c in 0..81 {
            let l = [c / 27 % 3 + 1, c / 9 % 3 + 1, c / 3 % 3 + 1, c % 3 + 1];
            let (mut m, mut p, mut pat, mut min) = (0u32, 0u32, [0x80u8; 16], [0i32; 4]);
            for k in 0..4 {
                for d in 0..l[k] { pat[k * 4 + 3 - d as usize] = (p + l[k] - 1 - d) as u8; }
                min[k] = [0, 10, 100][l[k] as usize - 1];
                p += l[k];
                m |= 1 << p;
                p += 1;
            }
            masks.push(m); pats.push(pat); mins.push(min);
        }
        let mut r = Rng(88172645463325252);
        loop {
            let mul = r.next() as u32 & r.next() as u32 | 1;
            let mut id = [81u8; 256];
            if masks.iter().enumerate().all(|(i, m)| { let h = (m.wrapping_mul(mul) >> 24) as usize; if id[h] == 81 { id[h] = i as u8; true } else { false } }) {
                let mut s = Simd { mul, id, key: [0xffff; 82], pat: [[0x80; 16]; 82], min: [[0; 4]; 82] };
                for i in 0..81 { s.key[i] = masks[i] as u16; s.pat[i] = pats[i]; s.min[i] = mins[i]; }
                return s;
            }
        }
    }
    #[cfg(target_arch = "x86_64")]
    #[inline]
    #[target_feature(enable = "avx512bw,avx512vl,bmi2,ssse3,sse4.1")]
    pub fn parse(&self, s: &[u8]) -> Option<u32> {
        use std::arch::x86_64::*;
        let n = s.len();
        if n > 15 { return None; }
        unsafe {
            let live = ((1u32 << n) - 1) as u16;
            let v = _mm_maskz_loadu_epi8(live, s.as_ptr() as *const i8);
            let dots = _mm_cmpeq_epi8_mask(v, _mm_set1_epi8(b'.' as i8)) as u32 | 1 << n;
            let i = self.id[(dots.wrapping_mul(self.mul) >> 24) as usize] as usize;
            let d = _mm_sub_epi8(v, _mm_set1_epi8(b'0' as i8));
            let bad = _mm_cmpgt_epu8_mask(d, _mm_set1_epi8(9)) as u32 & live as u32 & !dots;
            let sh = _mm_shuffle_epi8(d, _mm_loadu_si128(self.pat.get_unchecked(i).as_ptr() as *const __m128i));
            let o = _mm_madd_epi16(_mm_maddubs_epi16(_mm_set1_epi32(0x01_0A_64_00), sh), _mm_set1_epi16(1));
            let big = _mm_cmpgt_epi32_mask(o, _mm_set1_epi32(255));
            let lead = _mm_cmplt_epi32_mask(o, _mm_loadu_si128(self.min.get_unchecked(i).as_ptr() as *const __m128i));
            if self.key[i] as u32 != dots || bad != 0 || (big | lead) != 0 { return None; }
            let p = _mm_shuffle_epi8(o, _mm_set_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 4, 8, 12));
            Some(_mm_cvtsi128_si32(p) as u32)
        }
    }
}

pub struct Engine {
    pub users: Names,
    pub actions: Names,
    pub class: Vec<u16>,
    pub nseg: usize,               // v4 segments, then v6 segments
    pub starts: Vec<u32>,
    pub top: Vec<u16>,             // 65,537 entries
    pub starts6: Vec<u128>,
    pub rowmap: Vec<u16>,          // class x segment -> row
    pub rows: Vec<[u64; 4]>,
    pub simd: Simd,
    pub has_simd: bool,
}
pub const CLASSES: usize = 64;
impl Engine {
    pub fn new() -> Self {
        let mut r = Rng(0x2545F4914F6CDD1D);
        let users: Vec<String> = (0..1000).map(|i| format!("user{i}")).collect();
        let actions: Vec<String> = include_str!("../../../../workloads/actions.tsv").lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split('\t').next()).map(|l| format!("intlpartnersmgt:{l}")).collect();
        assert_eq!(actions.len(), 238);
        let mut starts: Vec<u32> = vec![0];
        while starts.len() < 600 {
            let plen = [12, 16, 20, 24, 24, 24, 28, 32][r.below(8)];
            let a = (0x01000000 + r.below(0xDE000000)) as u32 >> (32 - plen) << (32 - plen);
            let b = a.wrapping_add((1u64 << (32 - plen)) as u32);
            starts.push(a);
            starts.push(b);
            starts.sort_unstable();
            starts.dedup();
        }
        let mut starts6: Vec<u128> = (0..60).map(|_| ((0x2u128 << 124) | ((r.next() as u128) << 64) >> 3) >> 80 << 80).collect();
        starts6.push(0);
        starts6.sort_unstable();
        starts6.dedup();
        let (mut top, mut k) = (vec![], 0usize);
        for t in 0..=65536u64 { while k + 1 < starts.len() && starts[k + 1] as u64 <= t << 16 { k += 1; } top.push(k as u16); }
        let nseg = starts.len() + starts6.len();
        let rows: Vec<[u64; 4]> = (0..512).map(|_| [r.next(), r.next(), r.next(), r.next()]).collect();
        let rowmap = (0..CLASSES * nseg).map(|_| r.below(512) as u16).collect();
        let class = (0..1000).map(|_| r.below(CLASSES) as u16).collect();
        #[cfg(target_arch = "x86_64")]
        let has_simd = std::is_x86_feature_detected!("avx512bw") && std::is_x86_feature_detected!("avx512vl") && std::is_x86_feature_detected!("bmi2");
        #[cfg(not(target_arch = "x86_64"))]
        let has_simd = false;
        Engine { users: Names::new(users), actions: Names::new(actions), class, nseg, starts, top, starts6, rowmap, rows, simd: Simd::new(), has_simd }
    }
    #[inline(always)]
    pub fn seg(&self, x: u32) -> usize {
        let t = (x >> 16) as usize;
        unsafe {
            let (mut a, b) = (*self.top.get_unchecked(t) as usize, *self.top.get_unchecked(t + 1) as usize);
            if b - a > 8 { return a + self.starts.get_unchecked(a..=b).partition_point(|s| *s <= x) - 1; }
            while a < b && *self.starts.get_unchecked(a + 1) <= x { a += 1; }
            a
        }
    }
    /// Plain binary search over the 600 starts (branchless in std).
    #[inline(always)]
    pub fn seg_bs(&self, x: u32) -> usize { self.starts.partition_point(|s| *s <= x) - 1 }
    #[inline(always)]
    pub fn seg6(&self, x: u128) -> usize {
        if x >> 32 == 0xffff { return self.seg(x as u32); }
        self.starts.len() + self.starts6.partition_point(|s| *s <= x) - 1
    }
    #[inline(always)]
    pub fn bit(&self, class: u32, seg: usize, a: u32) -> bool {
        unsafe {
            let row = *self.rowmap.get_unchecked(class as usize * self.nseg + seg);
            self.rows.get_unchecked(row as usize)[(a >> 6) as usize] >> (a & 63) & 1 != 0
        }
    }
    #[inline(always)]
    pub fn seg_text(&self, ip: &[u8]) -> Option<usize> {
        #[cfg(target_arch = "x86_64")]
        if self.has_simd { if let Some(x) = unsafe { self.simd.parse(ip) } { return Some(self.seg(x)); } else { return self.seg_slow(ip); } }
        if let Some(x) = parse_v4(ip) { return Some(self.seg(x)); }
        self.seg_slow(ip)
    }
    #[inline(always)]
    pub fn seg_text_portable(&self, ip: &[u8]) -> Option<usize> {
        if let Some(x) = parse_v4(ip) { return Some(self.seg(x)); }
        self.seg_slow(ip)
    }
    #[cold]
    #[inline(never)]
    fn seg_slow(&self, ip: &[u8]) -> Option<usize> {
        let a: Ipv6Addr = std::str::from_utf8(ip).ok()?.parse().ok()?;
        Some(self.seg6(u128::from(a)))
    }
    #[inline(always)]
    pub fn check(&self, p: &[u8], a: &[u8], ip: &[u8]) -> bool {
        let (Some(u), Some(a), Some(s)) = (self.users.get(p), self.actions.get(a), self.seg_text(ip)) else { return false };
        self.bit(self.class[u as usize] as u32, s, a)
    }
    #[inline(always)]
    pub fn check_portable(&self, p: &[u8], a: &[u8], ip: &[u8]) -> bool {
        let (Some(u), Some(a), Some(s)) = (self.users.get(p), self.actions.get(a), self.seg_text_portable(ip)) else { return false };
        self.bit(self.class[u as usize] as u32, s, a)
    }
    #[inline(always)]
    pub fn check_ids(&self, u: u32, a: u32, x: u32) -> bool {
        if u as usize >= self.class.len() || a > 255 { return false }
        self.bit(self.class[u as usize] as u32, self.seg(x), a)
    }
    #[inline(always)]
    pub fn check_addr(&self, p: &[u8], a: &[u8], ip: IpAddr) -> bool {
        let (Some(u), Some(a)) = (self.users.get(p), self.actions.get(a)) else { return false };
        let s = match ip { IpAddr::V4(x) => self.seg(u32::from(x)), IpAddr::V6(x) => self.seg6(u128::from(x)) };
        self.bit(self.class[u as usize] as u32, s, a)
    }
    /// 4,096 requests; 4 % IPv6; half of the v4 addresses near a segment start.
    pub fn requests(&self) -> Vec<(String, String, String)> {
        let mut r = Rng(0x9E3779B97F4A7C15);
        (0..4096).map(|_| {
            let ip = if r.below(100) < 4 {
                let b = self.starts6[r.below(self.starts6.len())];
                Ipv6Addr::from((0x2u128 << 124) | b | (r.next() as u128 & 0xffff_ffff_ffff)).to_string()
            } else {
                let x = if r.below(2) == 0 { r.next() as u32 } else { self.starts[r.below(self.starts.len())].wrapping_add(r.below(256) as u32) };
                std::net::Ipv4Addr::from(x).to_string()
            };
            (self.users.names[r.below(1000)].to_string(), self.actions.names[r.below(238)].to_string(), ip)
        }).collect()
    }
    /// All tables as one little-endian block, 8-aligned: header of 8 u32 (byte offsets), then the arrays.
    pub fn export(&self) -> Vec<u8> {
        let mut parts: Vec<Vec<u8>> = vec![];
        parts.push(self.class.iter().flat_map(|x| x.to_le_bytes()).collect());
        parts.push(self.starts.iter().flat_map(|x| x.to_le_bytes()).collect());
        parts.push(self.top.iter().flat_map(|x| x.to_le_bytes()).collect());
        parts.push(self.starts6.iter().flat_map(|x| [(x >> 96) as u32, (x >> 64) as u32, (x >> 32) as u32, *x as u32]).flat_map(|x| x.to_le_bytes()).collect());
        parts.push(self.rowmap.iter().flat_map(|x| x.to_le_bytes()).collect());
        parts.push(self.rows.iter().flatten().flat_map(|x| x.to_le_bytes()).collect());
        let mut out = vec![0u8; 64];
        for (i, p) in parts.iter().enumerate() {
            let off = out.len() as u32;
            out[i * 8..i * 8 + 4].copy_from_slice(&off.to_le_bytes());
            out[i * 8 + 4..i * 8 + 8].copy_from_slice(&(p.len() as u32).to_le_bytes());
            out.extend_from_slice(p);
            while out.len() % 8 != 0 { out.push(0); }
        }
        out
    }
    pub fn names_text(&self) -> String { format!("{}\n\n{}", self.users.names.join("\n"), self.actions.names.join("\n")) }
}
