"""scfdeploy: infrastructure as code for Tencent Cloud Serverless Cloud Function (SCF)."""

__version__ = "0.1.0"
