"""The shapes of traffic: hours and weeks, unevenness from day to day, and the sizes of prompts."""
