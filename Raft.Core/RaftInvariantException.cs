using System.Diagnostics.CodeAnalysis;

namespace Raft.Core;

/// <summary>Something that Raft proves impossible has happened: the node stops before it does harm.</summary>
public sealed class RaftInvariantException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="invariant">What should have held, as a sentence without a full stop.</param>
    public RaftInvariantException(string invariant)
        : base($"Raft's invariant does not hold: {invariant}.")
    {
    }

    internal static void Require([DoesNotReturnIf(false)] bool holds, string invariant)
    {
        if (!holds)
        {
            throw new RaftInvariantException(invariant);
        }
    }
}
