//! Writes the workload `floor` into a folder: its requests with their answers, and the tables for readers in other
//! languages.
use core_check::Engine;
use std::fs::write;

fn main() -> std::io::Result<()> {
    let dir = std::env::args().nth(1).expect("a folder");
    let engine = Engine::new();
    let requests = engine.requests();
    let answer = |r: &(String, String, String)| engine.check(r.0.as_bytes(), r.1.as_bytes(), r.2.as_bytes());
    let expected: Vec<u8> = requests.iter().map(|r| u8::from(answer(r))).collect();
    let workload = serde_json::json!({
        "catalog": [], "policies": [], "principals": {}, "requests": requests, "expected": expected,
    });
    write(format!("{dir}/floor.json"), workload.to_string())?;
    write(format!("{dir}/floor.tables"), engine.export())?;
    write(format!("{dir}/floor.names"), engine.names_text())
}
