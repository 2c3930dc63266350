using System.CommandLine;
using Tokenline.Host.Verbs;

namespace Tokenline.Host;

/// <summary>The verbs, and how one of them is run.</summary>
internal static class CommandLine
{
    public static RootCommand Verbs { get; } = Root();

    /// <summary>0: done; 1: not, and one line says why.</summary>
    public static Task<int> RunAsync(string[] args)
    {
        var terminal = Terminal.Current;
        return Errors.ToExitCodeAsync(() =>
            Verbs
                .Parse(args)
                .InvokeAsync(
                    // The host itself ends on SIGINT and SIGTERM, when running calls have ended; the command line's own two seconds would cut them.
                    new InvocationConfiguration
                    {
                        EnableDefaultExceptionHandler = false,
                        ProcessTerminationTimeout = null,
                        Output = terminal.Out,
                        Error = terminal.Error,
                    }
                )
        );
    }

    private static RootCommand Root()
    {
        var root = new RootCommand("Tokenline sells AI tokens the way an operator sells minutes and megabytes.")
        {
            ServeVerb.Command(),
            SeedVerb.Command(),
            AuditVerb.Command(),
            DoctorVerb.Command(),
            SecretVerbs.Command(),
            BillVerbs.Command(),
            LedgerVerbs.Command(),
            SettleVerbs.Command(),
            PriceProposalVerbs.Command(),
            ModelProposalVerbs.Command(),
            ReconcileVerb.Command(),
            SimulateVerb.Command(),
            WhatIfVerbs.Command(),
        };
        IEnumerable<Command>[] verbs =
        [
            SellingVerbs.Commands(),
            BucketVerbs.Commands(),
            MemberVerbs.Commands(),
            [AllotmentVerbs.Command()],
            CareVerbs.Commands(),
            VendorVerbs.Commands(),
            RouteVerbs.Commands(),
            StaffVerbs.Commands(),
        ];
        foreach (var command in verbs.SelectMany(group => group))
            root.Subcommands.Add(command);
        root.Options.Add(ApiVerbs.Json);
        return root;
    }
}
