namespace NexaLoak.Benchmarks.Checking;

/// <summary>What a generated history is like.</summary>
/// <param name="Operations">How many operations it has.</param>
/// <param name="Registers">How many keys are registers.</param>
/// <param name="Lists">How many keys are lists.</param>
/// <param name="Clients">How many clients ask at the same time.</param>
/// <param name="UnknownPercent">Of how many operations in a hundred nobody knows the outcome.</param>
internal sealed record HistorySettings(int Operations, int Registers, int Lists, int Clients, int UnknownPercent);
