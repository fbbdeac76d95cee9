using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Raft.Storage.Faster.Disk;

/// <summary>
/// The lock of a directory: a node holds it alone, whoever only reads shares it. It is an advisory lock on a file, which the kernel drops with the process
/// that holds it, however that ends. The file stays behind and says nothing.
/// </summary>
internal static class DirectoryLock
{
    /// <summary>Name of the file.</summary>
    public const string Name = "lock";

    /// <summary>Takes the lock for a node.</summary>
    /// <exception cref="StorageOpenException">It can't be had; the message says why.</exception>
    public static SafeFileHandle Take(string directory)
    {
        string path = Path.Combine(directory, Name);
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StorageOpenException($"No permission to use the storage directory {directory}. Make it writable for this user.", e);
        }
        catch (IOException e)
        {
            string why = FindHolder(path) is string holder ? $"{holder} has it open." : $"{e.Message} Is another node running on it?";
            throw new StorageOpenException($"Cannot lock the storage directory {directory}: {why}", e);
        }
    }

    /// <summary>Shares the lock, so that no node starts meanwhile; <c>null</c> when there is no file, which is not created.</summary>
    /// <exception cref="StorageOpenException">A node runs on the directory, or access is denied.</exception>
    public static SafeFileHandle? Share(string directory)
    {
        string path = Path.Combine(directory, Name);
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StorageOpenException($"No permission to read {path}. Ask as the user that the node runs as.", e);
        }
        catch (IOException e)
        {
            throw new StorageOpenException($"{directory} is in use by {FindHolder(path) ?? "another process"}: stop the node, then ask again.", e);
        }
    }

    /// <summary>Names a process that has a file open; <c>null</c> when none can be seen, as with those of other users.</summary>
    private static string? FindHolder(string path)
    {
        foreach (string process in Directory.Exists("/proc") ? Directory.EnumerateDirectories("/proc") : [])
        {
            if (int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && HasOpen(process, path))
            {
                return $"process {pid.ToString(CultureInfo.InvariantCulture)} ({NameOf(process)})";
            }
        }

        return null;
    }

    private static bool HasOpen(string process, string path)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(process, "fd")).Any(descriptor => File.ResolveLinkTarget(descriptor, false)?.FullName == path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not ours to look into, or gone meanwhile.
            return false;
        }
    }

    private static string NameOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "comm")).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "ended meanwhile";
        }
    }
}
