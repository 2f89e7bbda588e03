//! What an event costs, without Lambda around it: `cargo bench`.

#![allow(missing_docs, reason = "criterion's macros write functions without")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::json;
use service::greeting::greet;

fn greeting(criterion: &mut Criterion) {
    let event = json!({"name": "Ada"});
    criterion.bench_function("greet a guest", |bencher| {
        bencher.iter(|| greet(black_box(event.clone())));
    });
}

criterion_group!(benches, greeting);
criterion_main!(benches);
