using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.MigrationsPostgres
{
    /// <inheritdoc />
    public partial class MeasuredQuality : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "quality_day",
                schema: "management",
                columns: table => new
                {
                    Deployment = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Day = table.Column<DateOnly>(type: "date", nullable: false),
                    Model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Vendor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Served = table.Column<long>(type: "bigint", nullable: false),
                    ConnectFailed = table.Column<long>(type: "bigint", nullable: false),
                    TimedOut = table.Column<long>(type: "bigint", nullable: false),
                    VendorError = table.Column<long>(type: "bigint", nullable: false),
                    Limited = table.Column<long>(type: "bigint", nullable: false),
                    Refused = table.Column<long>(type: "bigint", nullable: false),
                    Broken = table.Column<long>(type: "bigint", nullable: false),
                    FirstTokens = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    OutputTokens = table.Column<long>(type: "bigint", nullable: false),
                    StreamedTokens = table.Column<long>(type: "bigint", nullable: false),
                    StreamedMilliseconds = table.Column<long>(type: "bigint", nullable: false),
                    EnergyTokens = table.Column<long>(type: "bigint", nullable: false),
                    Joules = table.Column<double>(type: "double precision", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_quality_day", x => new { x.Day, x.Deployment });
                });

            migrationBuilder.CreateIndex(
                name: "IX_quality_day_Model_Day",
                schema: "management",
                table: "quality_day",
                columns: new[] { "Model", "Day" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "quality_day",
                schema: "management");
        }
    }
}
