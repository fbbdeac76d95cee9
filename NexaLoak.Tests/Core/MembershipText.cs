using Raft.Core.Membership;

namespace NexaLoak.Tests.Core;

/// <summary>Configurations and changes in short: <c>v1 l2 w3 r4 u5=there</c>, for voter, learner, witness, removal and address.</summary>
internal static class MembershipText
{
    /// <summary>A configuration that is not joint.</summary>
    public static ClusterConfiguration Members(string text)
    {
        ILookup<char, (NodeId Id, string? Address)> members = Words(text).ToLookup(word => word.Kind, word => (word.Id, word.Address));
        IEnumerable<NodeId> Of(char kind) => members[kind].Select(member => member.Id);
        return new ClusterConfiguration(
            Of('v').Concat(Of('w')),
            learners: Of('l'),
            witnesses: Of('w'),
            addresses: Words(text).Where(word => word.Address is not null).Select(word => KeyValuePair.Create(word.Id, word.Address!)));
    }

    public static ConfigurationChange Change(string text)
        => Words(text).Aggregate(ConfigurationChange.Empty, (change, word) => word.Kind switch
        {
            'v' => change.AddVoter(word.Id, word.Address),
            'l' => change.AddLearner(word.Id, word.Address),
            'w' => change.AddWitness(word.Id, word.Address),
            'r' => change.Remove(word.Id),
            'u' => change.UpdateAddress(word.Id, word.Address!),
            _ => throw new ArgumentException(text),
        });

    private static IEnumerable<(char Kind, NodeId Id, string? Address)> Words(string text)
    {
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = word[1..].Split('=');
            yield return (word[0], new NodeId(ulong.Parse(parts[0])), parts.Length > 1 ? parts[1] : null);
        }
    }
}
