"""A project on disk: configuration, discovery, catalog, checks and the flow graph."""

from motia.project.affected import ENVIRONMENT_FILE, READ_AT_START, affected_languages
from motia.project.catalog import Catalog
from motia.project.checks import METHODS, check, order, unknown_targets
from motia.project.config import Config, Limits, Retention, Workbench, WorkerPools
from motia.project.config_file import find_config_file, read_config_file
from motia.project.config_keys import KEYS, ConfigKey, read_bytes, read_duration_s
from motia.project.cron_text import CronFields, CronInvalid, parse_expression, parse_zone
from motia.project.definitions import DefinitionReader, Definitions
from motia.project.discovery import CONFIG_NAMES, WORKFLOWS_DIR, Discovery, discover, find_project
from motia.project.dotenv import merge_dotenv, parse_dotenv, read_dotenv
from motia.project.exactness import LANGUAGE as INEXACT_LANGUAGE
from motia.project.exactness import inexact_in, inexact_integers
from motia.project.graph import ERROR_STEP, EdgeKind, FlowEdge, FlowGraph, FlowNode, flow_graph
from motia.project.openings import opening_of, with_openings
from motia.project.runtime_watch import RuntimeWatch
from motia.project.runtimes import (
    NEEDS,
    TITLES,
    Runtime,
    RuntimeMark,
    find_npm,
    find_runtime,
    install_hint,
    runtime_mark,
)
from motia.project.schemas import SchemaInvalid, compile_schema, problems_of
from motia.project.sdks import sdk_dir
from motia.project.settings import ConfigFault, Settings, load_config
from motia.project.static import TriggerSite, read_sites, read_source
from motia.project.topics import TopicReader, Topics
from motia.project.types import TypesWriter, type_files
from motia.project.validators import PayloadValidators
from motia.project.venv import SITE_VARIABLE, Venv, find_venv
from motia.project.watch import Watcher
from motia.project.workflows import WorkflowReader, Workflows

__all__ = [
    "CONFIG_NAMES",
    "ENVIRONMENT_FILE",
    "ERROR_STEP",
    "INEXACT_LANGUAGE",
    "KEYS",
    "METHODS",
    "NEEDS",
    "READ_AT_START",
    "SITE_VARIABLE",
    "TITLES",
    "WORKFLOWS_DIR",
    "Catalog",
    "Config",
    "ConfigFault",
    "ConfigKey",
    "CronFields",
    "CronInvalid",
    "DefinitionReader",
    "Definitions",
    "Discovery",
    "EdgeKind",
    "FlowEdge",
    "FlowGraph",
    "FlowNode",
    "Limits",
    "PayloadValidators",
    "Retention",
    "Runtime",
    "RuntimeMark",
    "RuntimeWatch",
    "SchemaInvalid",
    "Settings",
    "TopicReader",
    "Topics",
    "TriggerSite",
    "TypesWriter",
    "Venv",
    "Watcher",
    "Workbench",
    "WorkerPools",
    "WorkflowReader",
    "Workflows",
    "affected_languages",
    "check",
    "compile_schema",
    "discover",
    "find_config_file",
    "find_npm",
    "find_project",
    "find_runtime",
    "find_venv",
    "flow_graph",
    "inexact_in",
    "inexact_integers",
    "install_hint",
    "load_config",
    "merge_dotenv",
    "opening_of",
    "order",
    "parse_dotenv",
    "parse_expression",
    "parse_zone",
    "problems_of",
    "read_bytes",
    "read_config_file",
    "read_dotenv",
    "read_duration_s",
    "read_sites",
    "read_source",
    "runtime_mark",
    "sdk_dir",
    "type_files",
    "unknown_targets",
    "with_openings",
]
