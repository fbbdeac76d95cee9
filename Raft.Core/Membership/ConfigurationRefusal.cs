namespace Raft.Core.Membership;

/// <summary>The answer to a <see cref="ConfigurationChange"/> that is not possible.</summary>
/// <param name="Reason">Why not.</param>
/// <param name="Message">The same for people, with the nodes' names.</param>
public sealed record ConfigurationRefusal(ConfigurationRefusalReason Reason, string Message);
