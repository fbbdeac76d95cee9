using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Raft.Core.Storage;
using Raft.Storage.Faster.Disk;
using Raft.Storage.Faster.Format;
using Raft.Storage.Faster.Snapshots;

namespace Raft.Storage.Faster.Recovery;

/// <summary>Brings a directory, new or used, into the state in which the log can go on.</summary>
internal static class Recoverer
{
    /// <summary>Reads the marker, or creates the directory's first files and marker.</summary>
    /// <exception cref="StorageOpenException">The directory is another node's.</exception>
    /// <exception cref="StorageCorruptedException">The marker is missing or damaged although there is data.</exception>
    public static MarkerFile OpenMarker(IDisk disk, FasterStorageOptions options, LogGeometry geometry)
    {
        if (!disk.List().Contains(MarkerFile.Name))
        {
            CreateFirstFiles(disk, options.Identity, geometry);
        }

        MarkerFile marker = MarkerFile.Open(disk);
        if (marker.Current.Identity != options.Identity)
        {
            string found = marker.Current.Identity;
            marker.Dispose();
            throw new StorageOpenException(
                $"The storage directory of {disk.PathOf(MarkerFile.Name)} belongs to \"{found}\", not to \"{options.Identity}\". "
                + "Name this node's own directory, or an empty one.");
        }

        return marker;
    }

    /// <summary>
    /// Reads the log and its snapshot, cuts off a commit that a crash interrupted, marks the result as a new incarnation, and deletes what it does not need.
    /// </summary>
    /// <exception cref="StorageCorruptedException">The log or the snapshot is damaged. Nothing was changed.</exception>
    public static DirectoryReading Recover(IDisk disk, SegmentFiles files, MarkerFile marker, ILogger logger)
    {
        DirectoryReading read = DirectoryReading.Read(disk, files, marker.Current);
        if (read.Damage.Count > 0)
        {
            throw read.Damage[0].ToException();
        }

        LogScanner scanned = read.Log;
        Checkpoint last = scanned.Last;
        if (read.InterruptedBytes > 0)
        {
            logger.InterruptedCommitCut(files.Describe(last.Until), read.InterruptedBytes, last.LastIndex);
        }

        ClearBehind(files, last.Until);

        // What was read here counts as durable from now on, and much of it may be in the memory of the operating system only.
        files.Sync();
        marker.Sync();
        disk.SyncDirectory();
        files.Ensure(files.SegmentOf(last.Until));
        last = last with { Begin = scanned.Starts.MoveTo(scanned.Index.EndRecovery(last.Until)) };
        marker.Advance(Math.Max(marker.Current.Incarnation, scanned.Incarnation) + 1, last);
        foreach (string name in files.ForgetBefore(files.SegmentOf(last.Begin.Address)).Concat(SnapshotFiles.FindLeftovers(disk.List(), last.Snapshot)))
        {
            disk.Delete(name);
        }

        return read;
    }

    private static void CreateFirstFiles(IDisk disk, string identity, LogGeometry geometry)
    {
        // Without a marker there may be what a crash left of this very method: a first file of nothing but zeros.
        if (DirectoryReading.FindDataWithoutMarker(disk) is StorageFinding damage)
        {
            throw damage.ToException();
        }

        using (var first = new SegmentFiles(disk, geometry))
        {
            first.OpenExisting();
            first.DeleteFrom(0);
            first.Ensure(0);
        }

        uint salt = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
        MarkerFile.Create(disk, new Marker(1, 0, salt, geometry, identity, Checkpoint.Empty));
    }

    /// <summary>
    /// Overwrites what lies behind the recovered end, and removes the files after it, so that nothing of an interrupted commit can come
    /// back: later writes would otherwise end in front of its remains.
    /// </summary>
    private static void ClearBehind(SegmentFiles files, long until)
    {
        files.DeleteFrom(files.SegmentOf(until) + 1);
        var pages = new PageReader(files);
        long end = (long)files.End << files.Geometry.SegmentBits;
        byte[] zeros = new byte[files.Geometry.PageBytes];
        for (long address = until; address < end; address += files.Geometry.LeftInPage(address))
        {
            if (pages.From(address).ContainsAnyExcept((byte)0))
            {
                files.Write(address, zeros.AsSpan(0, files.Geometry.LeftInPage(address)));
            }
        }
    }
}
