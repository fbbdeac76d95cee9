namespace NexaLoak.Tests.Core.Scripting;

/// <summary>A script that can't be read or run as it stands, or a run that broke a safety property.</summary>
internal sealed class ScriptException(string message, Exception? inner = null) : Exception(message, inner);
