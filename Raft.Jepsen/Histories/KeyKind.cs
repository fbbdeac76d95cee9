namespace Raft.Jepsen.Histories;

/// <summary>What a key stands for; its operations tell.</summary>
internal enum KeyKind
{
    Register,
    List,
    Bank,
}
