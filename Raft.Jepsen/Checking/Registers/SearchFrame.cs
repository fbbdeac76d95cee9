namespace Raft.Jepsen.Checking.Registers;

/// <summary>One place of the order that is being tried.</summary>
/// <param name="FirstChoice">Where its choices begin on the stack of choices.</param>
/// <param name="Choice">The one that is tried.</param>
/// <param name="Mark">How things were before it.</param>
internal readonly record struct SearchFrame(int FirstChoice, int Choice, SearchMark Mark);
