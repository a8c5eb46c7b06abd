"""What an integration is: values and rules, without any input or output."""
