namespace Raft.Jepsen.Mutants;

/// <summary>All mutants by name.</summary>
internal static class MutantCatalog
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new VoteBeforeDurable(), new VoteForgotten(), new TermForgotten(), new VoteForAnyLog(), new VoteByLength(), new VoteTwice(),
        new OldVotesCounted(), new QuorumTooSmall(), new OwnEntriesBeforeDurable(), new AckBeforeDurable(), new OldAcksCounted(),
        new CommitBeyondVerified(), new PreviousTermIgnored(), new NextNeverGoesBack(), new LeaderIgnoresHigherTerm(),
        new AppliedBeforeCommit(), new ReadWithoutRound(), new ReadBeforeOwnCommit(), new TornTailAccepted(),
        new ReadContextReused(), new LeaseIgnoresDrift(), new LeaseReadDuringTransfer(),
        new OldTermsCounted(), new ConflictKept(), new CutWithoutConflict(), new TimerNotReset(), new CandidateIgnoresHigherTerm(),
        new DiskErrorIgnored(), new AnsweredWhenAppended(), new UnknownCalledFailed(), new HeartbeatAnsweredTwice(),
        new JointCountedOverUnion(), new LearnerCounted(), new ConfigurationInForceAtCommit(), new ConfigurationNotInSnapshot(),
        new CompactedBeforeSnapshot(), new MatchingSuffixDropped(), new MiddleCutSilently(), new WitnessOutruns(),
        new ChangeBeforeOwnCommit(), new ConfigurationNotUndone(), new OutsiderVoteCounted(), new ConflictingLogKept(),
        new LeaseByWallClock(), new LeaseNotRechecked(), new ServedBeforeApplied(),
        new ReleasedTooEarly(), new RetryCarriedOut(), new SessionsByWallClock(), new SessionsNotInSnapshot(),
        new FullDiskIgnored(), new DamagedEntryAccepted(), new WipedNodeVotes(), new StaleReadPastBound(), new ReadsFromTwoCopies(),
        new SessionsNeverExpire(),
    ];

    /// <summary>The mutant with that name, or <c>null</c>.</summary>
    public static Mutant? Find(string name) => All.FirstOrDefault(mutant => mutant.Name == name);
}
