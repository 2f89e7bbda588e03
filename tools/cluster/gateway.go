// Package cluster pins what the tests' Kubernetes cluster is made of: programs, and the definitions of the Gateway API.
package cluster

import _ "sigs.k8s.io/gateway-api/apis/v1"
