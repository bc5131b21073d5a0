//! Authorize, use-cases, the pipeline, the worker.
