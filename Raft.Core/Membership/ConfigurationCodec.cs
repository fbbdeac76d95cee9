using System.Text;

namespace Raft.Core.Membership;

/// <summary>
/// The bytes of a configuration, as entries of type <see cref="Log.EntryType.Configuration"/>, snapshots and messages carry it: a version byte (1); voters,
/// outgoing voters, learners, next learners and witnesses, each as a count and ids; then a count, and id, length and UTF-8 text of each address. Numbers are
/// LEB128. Equal configurations have equal bytes.
/// </summary>
public static class ConfigurationCodec
{
    private const byte Version = 1;

    /// <summary>Encodes a configuration.</summary>
    public static byte[] Encode(ClusterConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var bytes = new List<byte> { Version };
        foreach (IReadOnlyList<NodeId> group in GroupsOf(configuration))
        {
            Write(bytes, (ulong)group.Count);
            foreach (NodeId id in group)
            {
                Write(bytes, id.Value);
            }
        }

        Write(bytes, (ulong)configuration.Addresses.Count);
        foreach ((NodeId id, string address) in configuration.Addresses)
        {
            Write(bytes, id.Value);
            byte[] text = Encoding.UTF8.GetBytes(address);
            Write(bytes, (ulong)text.Length);
            bytes.AddRange(text);
        }

        return [.. bytes];
    }

    /// <summary>Decodes what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are no configuration, or that of a newer version.</exception>
    public static ClusterConfiguration Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || bytes[0] != Version)
        {
            throw new FormatException(bytes.IsEmpty ? "A configuration has no bytes." : $"Configurations of version {bytes[0]} are not known.");
        }

        bytes = bytes[1..];
        NodeId[] voters = ReadIds(ref bytes);
        NodeId[] outgoing = ReadIds(ref bytes);
        NodeId[] learners = ReadIds(ref bytes);
        NodeId[] learnersNext = ReadIds(ref bytes);
        NodeId[] witnesses = ReadIds(ref bytes);
        Dictionary<NodeId, string> addresses = ReadAddresses(ref bytes);
        if (!bytes.IsEmpty)
        {
            throw new FormatException("Bytes follow a configuration.");
        }

        if (voters.Length + outgoing.Length + learners.Length + learnersNext.Length + witnesses.Length + addresses.Count == 0)
        {
            return ClusterConfiguration.Empty;
        }

        try
        {
            return new ClusterConfiguration(voters, outgoing, learners, learnersNext, witnesses, addresses);
        }
        catch (ArgumentException error)
        {
            throw new FormatException($"A configuration contradicts itself: {error.Message}", error);
        }
    }

    /// <summary>True when the bytes are a configuration with members.</summary>
    internal static bool IsValid(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return !Decode(bytes).IsEmpty;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static IEnumerable<IReadOnlyList<NodeId>> GroupsOf(ClusterConfiguration configuration)
        => [configuration.Voters, configuration.VotersOutgoing, configuration.Learners, configuration.LearnersNext, configuration.Witnesses];

    private static NodeId[] ReadIds(ref ReadOnlySpan<byte> bytes)
    {
        var ids = new NodeId[ReadCount(ref bytes)];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = new NodeId(Read(ref bytes));
        }

        return ids;
    }

    private static Dictionary<NodeId, string> ReadAddresses(ref ReadOnlySpan<byte> bytes)
    {
        var addresses = new Dictionary<NodeId, string>();
        for (int left = ReadCount(ref bytes); left > 0; left--)
        {
            var id = new NodeId(Read(ref bytes));
            int length = ReadCount(ref bytes);
            addresses[id] = Encoding.UTF8.GetString(bytes[..length]);
            bytes = bytes[length..];
        }

        return addresses;
    }

    /// <summary>A count of things that take at least a byte each, so damaged bytes can't ask for more memory than they are long.</summary>
    private static int ReadCount(ref ReadOnlySpan<byte> bytes)
    {
        ulong count = Read(ref bytes);
        return count <= (ulong)bytes.Length ? (int)count : throw new FormatException("A configuration is cut off.");
    }

    private static void Write(List<byte> bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
    }

    private static ulong Read(ref ReadOnlySpan<byte> bytes)
        => Leb128.TryRead(ref bytes, out ulong value) ? value : throw new FormatException("A configuration is cut off.");
}
