"""Classifies any number of images with Ray, on one machine or a cluster.

`inputs` lists the images, `job` spreads them over worker processes, each of which runs `worker`,
and `results_folder` keeps the answers as Parquet files. Needs the extra ``ray``.
"""
