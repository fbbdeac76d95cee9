namespace NexaLoak.Tests.Core.Scripting;

/// <summary>Commands that run one after the other, and what they are expected to print.</summary>
/// <param name="Commands">The commands.</param>
/// <param name="ExpectedLine">Line number of the first expected line.</param>
/// <param name="Expected">The expected lines.</param>
internal sealed record ScriptBlock(IReadOnlyList<ScriptCommand> Commands, int ExpectedLine, IReadOnlyList<string> Expected);
