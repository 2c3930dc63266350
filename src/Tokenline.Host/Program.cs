using System.CommandLine;
using Tokenline.Host;
using Tokenline.Host.Verbs;

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

return await Errors.ToExitCodeAsync(() =>
    // The host itself ends on SIGINT and SIGTERM, when running calls have ended; the command line's own two seconds would cut them.
    root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null })
);
