//! Tells the code which interpreter it is built for (`cfg(Py_3_14)`): `boundary::text` reads texts as that one keeps them.

fn main() {
    pyo3_build_config::use_pyo3_cfgs();
}
