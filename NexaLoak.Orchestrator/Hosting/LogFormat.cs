namespace NexaLoak.Orchestrator.Hosting;

/// <summary>How log lines look. Either way an entry is one line.</summary>
internal enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For programs: one JSON object a line.</summary>
    Json,
}
