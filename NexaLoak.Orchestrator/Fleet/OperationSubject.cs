using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Fleet;

/// <summary>What an operation does, and to what. At most one operation on a subject is unfinished at any time.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Node">The node that it is about.</param>
/// <param name="Address">The IPv4 address that is assigned or unassigned.</param>
/// <param name="RecordId">The DNS provider's id of the record to delete; empty for an assignment.</param>
internal sealed record OperationSubject(OperationKind Kind, string Node, string Address, string RecordId)
{
    private const int IdBytes = 8;

    /// <summary>Id of the operation with the given place among all operations: the same on every node and at every attempt.</summary>
    public string OperationId(ulong generation)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong) + sizeof(int)];
        BinaryPrimitives.WriteUInt64LittleEndian(number, generation);
        BinaryPrimitives.WriteInt32LittleEndian(number[sizeof(ulong)..], (int)Kind);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(number);
        foreach (string part in (ReadOnlySpan<string>)[Node, Address, RecordId])
        {
            byte[] text = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(number, text.Length);
            hash.AppendData(number[..sizeof(int)]);
            hash.AppendData(text);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, IdBytes));
    }
}
