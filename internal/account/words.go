package account

// Operator is whoever sits at the machine and uses the command line: no account, and no limits but those of the machine.
const Operator Role = "operator"

// Chinese names the role on pages and papers.
func (r Role) Chinese() string {
	switch r {
	case Manager:
		return "项目负责人"
	case Inspector:
		return "检查人员"
	case District:
		return "区级管理人员"
	case Admin:
		return "管理员"
	case Leader:
		return "领导"
	case Health:
		return "卫健人员"
	case Operator:
		return "本机操作员"
	}
	return string(r)
}
