"""Webhook endpoints as OpenAI's SDKs manage them, and their deliveries."""

from matinee.dialects.webhook_endpoints.endpoints import SendSample, routes
from matinee.dialects.webhook_endpoints.operations import CHAPTER

__all__ = ["CHAPTER", "SendSample", "routes"]
