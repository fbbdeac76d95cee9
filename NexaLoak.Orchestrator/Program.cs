using NexaLoak.Orchestrator.Commands;

return await CommandLine.RunAsync(args);
