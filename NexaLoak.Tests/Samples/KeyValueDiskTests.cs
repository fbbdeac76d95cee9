using System.Diagnostics;
using System.Net;
using NUnit.Framework;
using NexaLoak.Tests.Storage;

namespace NexaLoak.Tests.Samples;

/// <summary>A real node whose disk fails or is full stops, says which file it was and what to do, and has acknowledged nothing that it does not keep.</summary>
[TestFixture]
[Platform("Linux")]
[NonParallelizable]
public sealed class KeyValueDiskTests
{
    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(10) };

    private readonly IPEndPoint[] _raft = [LoopbackPort.Reserve()];
    private TempDirectory _directory = null!;

    private string Data => Path.Combine(_directory.Path, "data");

    private static string Program => KeyValueSampleTests.Program;

    [SetUp]
    public void CreateDirectory()
    {
        _directory = new TempDirectory();
        Directory.CreateDirectory(Data);
    }

    [TearDown]
    public void DeleteDirectory() => _directory.Dispose();

    [TestCase("fdatasync", null, "Sync of {0}/log.0 failed: Input/output error. Check the disk")]
    [TestCase("fsync", null, "Sync of {0}")]
    [TestCase("fsync", "{0}", "Sync of {0} failed: Input/output error. Check the disk")]
    [TestCase("pwrite64", "{0}/log.0", "Write to {0}/log.0 failed at offset ")]
    public async Task An_error_of_the_disk_stops_the_node(string call, string? path, string message)
    {
        var acknowledged = new Acknowledged(workers: 1);
        using (var node = new KeyValueProcess(Program, 1, _raft, LoopbackPort.Reserve(), Data))
        {
            await acknowledged.PutSome(node, 20);
            string[] only = path is null ? [] : ["-P", string.Format(null, path, Data)];
            using var strace = Strace.Attach(node.Id, _directory.Path, [.. only, "-e", $"trace={call}", "-e", $"inject={call}:error=EIO"]);
            await acknowledged.PutUntilRefused(node, "");
            node.WaitForFailure();
            Assert.That(node.Output, Does.Contain("can't go on, and the application stops: " + string.Format(null, message, Data)));
        }

        using var again = new KeyValueProcess(Program, 1, _raft, LoopbackPort.Reserve(), Data);
        await acknowledged.CheckKept(again);
    }

    [TestCase("lseek", "Opening {0}/log.0 failed: the disk gives no access to its content. Check the disk")]
    [TestCase("pread64", "Reading {0}/log.0 failed at offset 0: Input/output error")]
    public async Task A_node_that_can_t_read_its_disk_says_which_file_it_is_and_harms_nothing(string call, string message)
    {
        var acknowledged = new Acknowledged(workers: 1);
        using (var node = new KeyValueProcess(Program, 1, _raft, LoopbackPort.Reserve(), Data))
        {
            await acknowledged.PutSome(node, 5);
        }

        IReadOnlyList<string> strace = Strace.Running(
            _directory.Path, ["-P", Path.Combine(Data, "log.0"), "-e", $"trace={call}", "-e", $"inject={call}:error=EIO"]);
        using (var node = new KeyValueProcess(Program, 1, _raft, LoopbackPort.Reserve(), Data, strace))
        {
            node.WaitForFailure();
            Assert.That(node.Output, Does.Contain(string.Format(null, message, Data)));
        }

        using var again = new KeyValueProcess(Program, 1, _raft, LoopbackPort.Reserve(), Data);
        await acknowledged.CheckKept(again);
    }

    [Test]
    public async Task A_full_disk_stops_the_node_until_there_is_room()
    {
        const int padding = 7000;
        using SmallDisk disk = SmallDisk.Mount(Data, megabytes: 20);
        var acknowledged = new Acknowledged(workers: 8);
        using (var node = new KeyValueProcess(Program, 1, _raft, LoopbackPort.Reserve(), Data, disk.Wrapper))
        {
            await acknowledged.PutSome(node, 1);
            await acknowledged.PutUntilRefused(node, new string('x', padding));
            node.WaitForFailure();
            Assert.That(node.Output, Does.Contain($"can't go on, and the application stops: Write to {Data}/log.1 failed at offset "));
            Assert.That(node.Output, Does.Contain("No space left on device").And.Contain("Make room on the disk, then restart the node."));
        }

        disk.Grow(megabytes: 60);
        using var again = new KeyValueProcess(Program, 1, _raft, LoopbackPort.Reserve(), Data, disk.Wrapper);
        await acknowledged.CheckKept(again);
        await acknowledged.PutSome(again, 5);
    }

    /// <summary>Values under a key for each of some clients, and the last one of each that was acknowledged.</summary>
    private sealed class Acknowledged(int workers)
    {
        private readonly int[] _acknowledged = new int[workers];
        private readonly int[] _asked = new int[workers];

        /// <summary>Writes some values with each client, once the node accepts any.</summary>
        public Task PutSome(KeyValueProcess node, int count) => AllWorkers(async worker =>
        {
            for (int i = 0; i < count; i++)
            {
                await Eventually.HoldsAsync(() => TryPut(node, worker, ""), "a value is accepted");
            }
        });

        /// <summary>Writes with each client until a value is refused, and once more, which must be refused as well.</summary>
        public Task PutUntilRefused(KeyValueProcess node, string padding) => AllWorkers(async worker =>
        {
            long began = Stopwatch.GetTimestamp();
            while (await TryPut(node, worker, padding))
            {
                Assert.That(Stopwatch.GetElapsedTime(began), Is.LessThan(5 * Eventually.Limit), "waited in vain: a value is refused");
            }

            Assert.That(await TryPut(node, worker, padding), Is.False, "a value was accepted after one was refused");
        });

        /// <summary>Reads what every client has written last, or had tried to write after that.</summary>
        public Task CheckKept(KeyValueProcess node) => AllWorkers(async worker =>
        {
            string value = "";
            await Eventually.HoldsAsync(
                async () =>
                {
                    using HttpResponseMessage? answer = await Ask(() => Client.GetAsync(new Uri(node.ApiAddress, $"/kv/{worker}")));
                    value = answer is { IsSuccessStatusCode: true } ? await answer.Content.ReadAsStringAsync() : "";
                    return value.Length > 0;
                },
                "the value is read");
            Assert.That(int.Parse(value.Split('-')[0], null), Is.InRange(_acknowledged[worker], _asked[worker]));
        });

        private static async Task<HttpResponseMessage?> Ask(Func<Task<HttpResponseMessage>> request)
        {
            try
            {
                return await request();
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                return null;
            }
        }

        private async Task<bool> TryPut(KeyValueProcess node, int worker, string padding)
        {
            int value = ++_asked[worker];
            var address = new Uri(node.ApiAddress, $"/kv/{worker}?value={value}-{padding}");
            using HttpResponseMessage? answer = await Ask(() => Client.PutAsync(address, content: null));
            if (answer is not { IsSuccessStatusCode: true })
            {
                return false;
            }

            _acknowledged[worker] = value;
            return true;
        }

        private Task AllWorkers(Func<int, Task> work) => Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(() => work(worker))));
    }
}
