"""Why a month cost more or less than it was held to."""
