"""From a query to ranked hits: routes, fusion, reranking, expansion, and the pipeline of them."""
