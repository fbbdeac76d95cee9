using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Jepsen.Simulation;
using Raft.Storage.Faster;
using Raft.Storage.Faster.Inspection;

namespace Raft.Jepsen.Running.Faults;

/// <summary>
/// One bit of one file of a stopped node flipped, or a file cut off. Where it hits is drawn among the log, the newest snapshot, the marker and what is prepared
/// for later, but not at the very end of the log: the last bytes of the last commit are all that tells it from one that a crash interrupted, so recovery may
/// cut it off, and would be right. A cut of the log is always told, because its files have their full size before they are used.
/// </summary>
/// <param name="File">The name of the file that was damaged.</param>
/// <param name="What">What was done to it.</param>
/// <param name="Verdict">What reading the folder says now.</param>
internal sealed record FolderDamage(string File, string What, DamageVerdict Verdict)
{
    private const string NothingThere = "the folder holds nothing yet";

    // Most commits are shorter. What lies in front of that is followed by a later commit, which proves that it had been durable.
    private const long SparedTail = 1024;

    private const long FirstOfLog = 64;
    private const int MarkerBytes = 512, MarkerDistance = 4096, BitsOfByte = 8;

    /// <summary>Damages a folder.</summary>
    /// <param name="folder">The data folder of a node that does not run.</param>
    /// <param name="order">Decides on the damage.</param>
    /// <exception cref="MisbehaviourException">The folder was damaged before, or what was durable for long is cut off without a word.</exception>
    public static FolderDamage Inflict(string folder, ulong order)
    {
        if (Content.Read(folder) is not { } before)
        {
            return new FolderDamage("", NothingThere, DamageVerdict.Harmless);
        }

        if (before.Damage is { } earlier)
        {
            throw new MisbehaviourException($"After the node was killed its folder is damaged: {earlier}");
        }

        var random = new RandomStream(order);
        Place place = Choose(folder, before, random);
        string path = Path.Combine(folder, place.File);
        long at = random.Between(place.From, place.To - 1);
        bool cuts = place.MayBeCut && random.Below(3) == 0;
        string what = cuts ? $"{place.File} is cut off at {at}" : $"a bit of {place.File} at {at} is flipped";
        using (FileStream file = System.IO.File.Open(path, FileMode.Open, FileAccess.ReadWrite))
        {
            Damage(file, at, cuts, random.Below(BitsOfByte));
        }

        return new FolderDamage(place.File, what, Judge(folder, before, what));
    }

    private static DamageVerdict Judge(string folder, Content before, string what)
    {
        Content? after = Content.Read(folder);
        if (after is null || after.Damage is not null)
        {
            return DamageVerdict.Refused;
        }

        if (after.State == before.State)
        {
            return DamageVerdict.Harmless;
        }

        // Behind what a crash had left in parts nothing proves that the last whole commit had been one.
        return before.WasInterrupted
            ? DamageVerdict.TakenForTornTail
            : throw new MisbehaviourException($"{what}, and the storage says nothing, but takes {before.State} for {after.State}.");
    }

    private static void Damage(FileStream file, long at, bool cuts, int bit)
    {
        if (cuts)
        {
            file.SetLength(at);
            return;
        }

        file.Position = at;
        int value = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(value ^ (1 << bit)));
    }

    /// <summary>The log in half of the cases, and what it does not need in every tenth.</summary>
    private static Place Choose(string folder, Content content, RandomStream random)
    {
        string log = content.NameOf(StorageFileRole.Log)!;
        long length = new FileInfo(Path.Combine(folder, log)).Length;
        long end = EndOf(Path.Combine(folder, log));
        var used = new Place(log, FirstOfLog, Math.Max(FirstOfLog + 1, end - SparedTail), MayBeCut: true);
        switch (random.Below(10))
        {
            case < 3 when content.NameOf(StorageFileRole.Snapshot) is { } snapshot:
                return new Place(snapshot, 0, new FileInfo(Path.Combine(folder, snapshot)).Length, MayBeCut: true);
            case 3:
                long slot = random.Below(2) * MarkerDistance;
                return new Place(content.NameOf(StorageFileRole.Marker)!, slot, slot + MarkerBytes, MayBeCut: false);
            case 4 when end < length:
                return new Place(log, end, length, MayBeCut: false);
            default:
                return used;
        }
    }

    /// <summary>Behind the last byte of a file that is not zero.</summary>
    private static long EndOf(string path) => System.IO.File.ReadAllBytes(path).AsSpan().LastIndexOfAnyExcept((byte)0) + 1;

    private readonly record struct Place(string File, long From, long To, bool MayBeCut);

    /// <summary>What a node would know if it started.</summary>
    private readonly record struct State(HardState HardState, LogId Base, ulong LastIndex, LogId Snapshot);

    /// <summary>What a folder holds.</summary>
    private sealed record Content(State State, IReadOnlyList<StorageFile> Files, bool WasInterrupted, string? Damage)
    {
        /// <summary>Reads a folder as a start would; <c>null</c> when it never held anything, or a node would refuse it unread.</summary>
        public static Content? Read(string folder)
        {
            try
            {
                using FasterStorageInspection inspection = FasterStorageInspection.Open(folder);
                StorageContents? contents = inspection.Contents;
                SnapshotMetadata? snapshot = contents?.Snapshots.FirstOrDefault(stored => stored.IsNewest)?.Metadata;
                State state = contents is null
                    ? default
                    : new State(contents.HardState, contents.Base, contents.LastIndex, snapshot?.Id ?? default);
                return new Content(
                    state,
                    inspection.Files,
                    inspection.Findings.Any(finding => finding.Kind == StorageFindingKind.InterruptedCommit),
                    inspection.Findings.FirstOrDefault(finding => finding.Kind == StorageFindingKind.Damage)?.Message);
            }
            catch (StorageOpenException)
            {
                return null;
            }
        }

        /// <summary>The last file that has a role.</summary>
        public string? NameOf(StorageFileRole role) => Files.LastOrDefault(file => file.Role == role)?.Name;
    }
}
