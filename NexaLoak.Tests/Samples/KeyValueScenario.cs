using System.Net;
using NUnit.Framework;

namespace NexaLoak.Tests.Samples;

/// <summary>What the key-value sample has to stand, as three processes on loopback.</summary>
internal static class KeyValueScenario
{
    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Writes a value, kills the process that took it, reads the value, and again after all processes were started anew.</summary>
    public static async Task RunAsync(string program)
    {
        string data = Directory.CreateTempSubdirectory("key-value-").FullName;
        var processes = new List<KeyValueProcess>();
        try
        {
            IPEndPoint[] raft = [LoopbackPort.Reserve(), LoopbackPort.Reserve(), LoopbackPort.Reserve()];
            StartAll(processes, program, raft, data);

            KeyValueProcess leader = await AnyAccepts(
                processes, node => Client.PutAsync(new Uri(node.ApiAddress, "/kv/colour?value=blue"), content: null));
            processes.Remove(leader);
            leader.Dispose();
            await AnyAccepts(processes, ReadColour);

            processes.ForEach(process => process.Dispose());
            processes.Clear();
            StartAll(processes, program, raft, data);
            await AnyAccepts(processes, ReadColour);
        }
        finally
        {
            processes.ForEach(process => process.Dispose());
            Directory.Delete(data, recursive: true);
        }
    }

    private static void StartAll(List<KeyValueProcess> processes, string program, IPEndPoint[] raft, string data)
    {
        for (int node = 1; node <= raft.Length; node++)
        {
            string folder = Directory.CreateDirectory(Path.Combine(data, $"{node}")).FullName;
            processes.Add(new KeyValueProcess(program, node, raft, LoopbackPort.Reserve(), folder));
        }
    }

    private static async Task<HttpResponseMessage> ReadColour(KeyValueProcess node)
    {
        HttpResponseMessage answer = await Client.GetAsync(new Uri(node.ApiAddress, "/kv/colour"));
        if (answer.IsSuccessStatusCode)
        {
            Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo("blue"));
        }

        return answer;
    }

    private static async Task<KeyValueProcess> AnyAccepts(List<KeyValueProcess> processes, Func<KeyValueProcess, Task<HttpResponseMessage>> request)
    {
        KeyValueProcess? accepted = null;
        int turn = 0;
        await Eventually.HoldsAsync(
            async () =>
            {
                KeyValueProcess process = processes[turn++ % processes.Count];
                try
                {
                    using HttpResponseMessage answer = await request(process);
                    accepted = answer.IsSuccessStatusCode ? process : null;
                    Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK).Or.EqualTo(HttpStatusCode.ServiceUnavailable));
                }
                catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
                {
                    // Not up yet, or without a leader for the moment.
                    accepted = null;
                }

                return accepted is not null;
            },
            "a leader answers");
        return accepted!;
    }
}
