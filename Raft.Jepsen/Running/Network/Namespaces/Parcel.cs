namespace Raft.Jepsen.Running.Network.Namespaces;

/// <summary>A packet that is on its way.</summary>
/// <param name="Link">The direction that it takes.</param>
/// <param name="To">The port at which it arrives.</param>
/// <param name="Packet">A pooled buffer that begins with it.</param>
/// <param name="Length">Its length.</param>
internal readonly record struct Parcel(SwitchLink Link, int To, byte[] Packet, int Length);
