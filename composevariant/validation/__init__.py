"""What is wrong with a Compose model: the official schema, and Compose's own rules beyond it."""

from composevariant.validation.check import find_problems, introduced
from composevariant.validation.compiled import Rules
from composevariant.validation.problem import Problem, Severity
from composevariant.validation.schema import Schema, given_schema, installed_schema

__all__ = ["Problem", "Rules", "Schema", "Severity", "find_problems", "given_schema", "installed_schema", "introduced"]
