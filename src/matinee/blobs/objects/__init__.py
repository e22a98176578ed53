"""Blobs in an object store that speaks S3."""

from matinee.blobs.objects.bucket import Bucket, Keys, Patience
from matinee.blobs.objects.store import ObjectBlobs

__all__ = ["Bucket", "Keys", "ObjectBlobs", "Patience"]
